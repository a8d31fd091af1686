"""What an extension declares and uses, as facts: text in, values out; nothing is judged here."""
