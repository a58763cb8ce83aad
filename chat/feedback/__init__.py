"""What people find of replies, kept for whoever runs the site."""
