"""What stands beside a page: findings, preview."""
