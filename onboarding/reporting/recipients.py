"""Who reads what is published to a vendor's topic: SNS accepts a message that reaches nobody."""

from collections.abc import Mapping
from typing import Any

from onboarding.stores.vendors import Address


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


def is_confirmed(sns: Any, address: Address) -> bool:
    """Tell whether the vendor's own address has confirmed that it wants the e-mails.

    Raises what SNS raises, but for a topic that is gone.
    """
    if address.topic_arn is None:
        return False
    try:
        pages = list(sns.get_paginator("list_subscriptions_by_topic").paginate(TopicArn=address.topic_arn))
    except sns.exceptions.NotFoundException:
        return False
    return any(
        each["Protocol"] == "email" and each["Endpoint"] == address.email and is_subscribed(each)
        for page in pages
        for each in page["Subscriptions"]
    )


def is_subscribed(subscription: Mapping[str, str]) -> bool:
    """Tell whether a subscription is confirmed: until then it has a word in place of its ARN."""
    return subscription["SubscriptionArn"].startswith("arn:")
