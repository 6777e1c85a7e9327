"""What CS, partner, revenue and finance leads look at together, selected from published figures."""
