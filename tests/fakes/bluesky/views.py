"""Posts and people as the AppView shows them to whoever asks."""

from typing import Any

from .world import Account, Post, Told, World, moment

Json = dict[str, Any]


def profile(world: World, account: Account, viewer: str) -> Json:
    between: Json = {"muted": False, "blockedBy": (account.did, viewer) in world.blocks}
    if (viewer, account.did) in world.blocks:
        between["blocking"] = f"at://{viewer}/app.bsky.graph.block/3kblock"
    return {"did": account.did, "handle": account.handle, "displayName": account.name, "viewer": between, "labels": []}


def detailed(world: World, account: Account, viewer: str) -> Json:
    return {**profile(world, account, viewer), "followersCount": account.followers, "followsCount": 1, "postsCount": 1}


def notification(world: World, told: Told, viewer: str) -> Json:
    post = world.posts[told.uri]
    subject = {"reasonSubject": told.subject} if told.subject else {}
    who = {"uri": post.uri, "cid": post.cid, "author": profile(world, post.author, viewer), "record": post.record}
    return {**who, "reason": told.reason, **subject, "isRead": False, "indexedAt": moment(told.at), "labels": []}


def post_view(world: World, post: Post, viewer: str) -> Json:
    who = {"uri": post.uri, "cid": post.cid, "author": profile(world, post.author, viewer), "record": post.record}
    counts = {"replyCount": 0, "repostCount": 0, "likeCount": 0, "quoteCount": 0}
    closed = {"replyDisabled": True} if post.root in world.closed else {}
    return {**who, **counts, "indexedAt": moment(post.indexed), "viewer": {"threadMuted": False, **closed}, "labels": []}


def thread(world: World, post: Post, viewer: str) -> Json:
    if world.blocked(post.author.did, viewer):
        author = {"did": post.author.did, "viewer": profile(world, post.author, viewer)["viewer"]}
        return {"$type": "app.bsky.feed.defs#blockedPost", "uri": post.uri, "blocked": True, "author": author}
    return {"$type": "app.bsky.feed.defs#threadViewPost", "post": post_view(world, post, viewer)}
