"""What of posts, people and messages we ask X for: one question brings all that a mention needs."""

POST = ("attachments,author_id,conversation_id,created_at,edit_history_tweet_ids,entities,id,in_reply_to_user_id,lang,note_tweet,"
        "referenced_tweets,text")  # fmt: skip
USER = "id,name,protected,public_metrics,username"
MEDIA = "media_key,type"
MESSAGE = "attachments,created_at,dm_conversation_id,entities,event_type,id,sender_id,text"

POSTS = {
    "tweet_fields": POST,
    "user_fields": USER,
    "media_fields": MEDIA,
    "expansions": "author_id,attachments.media_keys,referenced_tweets.id",
}
MESSAGES = {
    "dm_event_fields": MESSAGE,
    "user_fields": USER,
    "media_fields": MEDIA,
    "expansions": "sender_id,attachments.media_keys",
    "event_types": "MessageCreate",
}
