"""What the pages load from elsewhere, at exact versions, and the step that copies it into static/vendor."""
