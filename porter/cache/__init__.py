"""What earlier scans found out, kept for the next: nothing here changes what a scan says, only how long it takes."""
