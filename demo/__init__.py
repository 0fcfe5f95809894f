"""The main job as a newcomer sees it: everything started, one story told, the site left up."""
