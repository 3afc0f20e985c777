"""Work over many texts: a job folder of shards that can be killed, resumed, and shared out over a cluster."""
