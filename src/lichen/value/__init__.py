"""What a customer served with partners is worth, against similar ones."""
