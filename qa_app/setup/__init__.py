"""What happens before the app can be imported: environment, packages, browsers. Standard library only."""
