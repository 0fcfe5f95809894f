"""The main job as a newcomer sees it: a chapter for each platform, and the site left up."""
