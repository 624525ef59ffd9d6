"""A newsroom on loopback: invented publishers with original articles, served over real HTTP. See README.md."""

from tests.newsroom.server import Newsroom, NewsroomError

__all__ = ["Newsroom", "NewsroomError"]
