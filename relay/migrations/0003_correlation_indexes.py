from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """Built while the site goes on working; these are the largest tables."""

    atomic = False

    dependencies = [
        ('relay', '0002_correlation_and_tallies'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='exchange',
            index=models.Index(fields=['correlation_id'], name='exchange_correlation'),
        ),
        AddIndexConcurrently(
            model_name='inboundmessage',
            index=models.Index(condition=models.Q(('state', 'failed')), fields=['-id'], name='message_failed'),
        ),
        AddIndexConcurrently(
            model_name='inboundmessage',
            index=models.Index(fields=['correlation_id'], name='message_correlation'),
        ),
        AddIndexConcurrently(
            model_name='outboundcall',
            index=models.Index(fields=['correlation_id'], name='call_correlation'),
        ),
    ]
