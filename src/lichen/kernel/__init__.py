"""What every layer may lean on: errors that speak, money, periods and ids."""
