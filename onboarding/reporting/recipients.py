"""Who reads what is published to a vendor's topic: SNS accepts a message that reaches nobody."""

from typing import Any


def confirmed_recipients(sns: Any, topic_arn: str | None) -> int:
    """Return how many subscriptions of the topic are confirmed; 0 for no topic and for one that is gone.

    An e-mail address that has not been confirmed within two days is forgotten, without a word to the publisher
    (SNS developer guide, "Subscription confirmation"). Raises what SNS raises otherwise.
    """
    if topic_arn is None:
        return 0
    try:
        attributes = sns.get_topic_attributes(TopicArn=topic_arn)["Attributes"]
    except sns.exceptions.NotFoundException:
        return 0
    return int(attributes["SubscriptionsConfirmed"])
