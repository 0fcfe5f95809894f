"""Adds what the API keeps beside the orders."""

import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('fulfillment', '0020_parcel_corrections'),
        ('inventory', '0006_floor'),
        ('locations', '0006_store_options'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ApiKey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('begins', models.CharField(editable=False, max_length=8, verbose_name='begins with')),
                ('digest', models.CharField(editable=False, max_length=64, unique=True)),
                ('made_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='issued')),
                ('revoked_at', models.DateTimeField(editable=False, null=True, verbose_name='revoked')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='api_keys', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'tracking key',
                'ordering': ['-id'],
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='Consignee',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sent', models.JSONField()),
                ('updated_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('merchant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='locations.merchant')),
                ('updated_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='MerchantOrder',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('merchant_order_id', models.CharField(max_length=64)),
                ('integrator', models.CharField(blank=True, max_length=40)),
                ('items', models.JSONField(default=list)),
                ('client', models.CharField(blank=True, max_length=255)),
                ('consignee', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='api.consignee')),
                ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('fulfillment_order', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='as_placed', to='fulfillment.fulfillmentorder')),
                ('merchant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='api_orders', to='locations.merchant')),
            ],
            options={
                'verbose_name': 'order as it was placed',
                'verbose_name_plural': 'orders as they were placed',
                'ordering': ['-id'],
                'default_permissions': ('view',),
            },
        ),
        migrations.CreateModel(
            name='ExpectedReturn',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rma_number', models.CharField(max_length=64, verbose_name='RMA number')),
                ('processed_at', models.DateTimeField(null=True, verbose_name='processed')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='announced')),
                ('updated_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='changed')),
                ('came_with', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='announced_as', to='fulfillment.return')),
                ('consignee', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='api.consignee')),
                ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('merchant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='locations.merchant')),
                ('processed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('updated_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('order', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='expected_returns', to='api.merchantorder')),
            ],
            options={
                'verbose_name': 'announced return',
                'ordering': ['-id'],
                'default_permissions': ('view', 'change'),
            },
        ),
        migrations.CreateModel(
            name='Charge',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('invoiced_on', models.DateField(verbose_name='invoice date')),
                ('fulfillment', models.DecimalField(decimal_places=2, default=Decimal('0'), max_digits=10, validators=[django.core.validators.MinValueValidator(Decimal('0'))], verbose_name='fulfillment')),
                ('picking', models.DecimalField(decimal_places=2, default=Decimal('0'), max_digits=10, validators=[django.core.validators.MinValueValidator(Decimal('0'))], verbose_name='picking')),
                ('envelope', models.DecimalField(decimal_places=2, default=Decimal('0'), max_digits=10, validators=[django.core.validators.MinValueValidator(Decimal('0'))], verbose_name='envelope')),
                ('insert', models.DecimalField(decimal_places=2, default=Decimal('0'), max_digits=10, validators=[django.core.validators.MinValueValidator(Decimal('0'))], verbose_name='insert')),
                ('kitting', models.DecimalField(decimal_places=2, default=Decimal('0'), max_digits=10, validators=[django.core.validators.MinValueValidator(Decimal('0'))], verbose_name='kitting')),
                ('print', models.DecimalField(decimal_places=2, default=Decimal('0'), max_digits=10, validators=[django.core.validators.MinValueValidator(Decimal('0'))], verbose_name='print')),
                ('box', models.DecimalField(decimal_places=2, default=Decimal('0'), max_digits=10, validators=[django.core.validators.MinValueValidator(Decimal('0'))], verbose_name='box')),
                ('postage', models.DecimalField(decimal_places=2, default=Decimal('0'), max_digits=10, validators=[django.core.validators.MinValueValidator(Decimal('0'))], verbose_name='postage')),
                ('order', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='charge', to='api.merchantorder')),
            ],
            options={
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='StatusEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.TextField(blank=True)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='statuses', to='api.merchantorder')),
                ('status', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='fulfillment.statuscode')),
            ],
            options={
                'ordering': ['id'],
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='Use',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('caller', models.CharField(max_length=80, unique=True)),
                ('client', models.CharField(max_length=255)),
                ('calls', models.BigIntegerField(default=0)),
                ('minute', models.DateTimeField()),
                ('calls_in_minute', models.PositiveIntegerField(default=0)),
                ('refused', models.BigIntegerField(default=0, verbose_name='refused as too many')),
                ('first_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='first call')),
                ('last_at', models.DateTimeField(verbose_name='last call')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='api_uses', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'API use',
                'ordering': ['-last_at'],
                'default_permissions': ('view',),
            },
        ),
        migrations.CreateModel(
            name='ExpectedItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sku', models.CharField(max_length=255, verbose_name='SKU')),
                ('quantity', models.PositiveIntegerField()),
                ('product', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inventory.product')),
                ('whole', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='items', to='api.expectedreturn')),
            ],
            options={
                'ordering': ['id'],
                'default_permissions': (),
                'constraints': [models.CheckConstraint(condition=models.Q(('quantity__gt', 0)), name='expected_item_units')],
            },
        ),
        migrations.CreateModel(
            name='Login',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('creates_orders', models.BooleanField(default=False, verbose_name='place and cancel orders, announce returns')),
                ('reads_inventory', models.BooleanField(default=False, verbose_name='read inventory')),
                ('is_partner', models.BooleanField(default=False, help_text='Sets the status of the merchant’s orders, and ships them. Only for a warehouse that works for us.', verbose_name='ship as a partner')),
                ('made_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='made')),
                ('merchant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='api_logins', to='locations.merchant')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='api_logins', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'API login',
                'ordering': ['merchant', 'user'],
                'permissions': [('manage_access', 'Can issue and revoke API clients, tokens and keys')],
                'constraints': [models.UniqueConstraint(fields=('user', 'merchant'), name='api_login_once', violation_error_message='This user has a login for this merchant already.')],
            },
        ),
        migrations.AddConstraint(
            model_name='merchantorder',
            constraint=models.UniqueConstraint(fields=('merchant', 'merchant_order_id'), name='merchant_order_once'),
        ),
        migrations.AddConstraint(
            model_name='expectedreturn',
            constraint=models.UniqueConstraint(fields=('merchant', 'rma_number'), name='rma_once'),
        ),
        migrations.AddIndex(
            model_name='charge',
            index=models.Index(fields=['invoiced_on'], name='charge_invoiced'),
        ),
    ]
