"""What the duck says: narrator, engines, monologue and claims."""
