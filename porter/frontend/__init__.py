"""The front end: text to tokens that know where they were spelled, and trees that lead back to them."""
