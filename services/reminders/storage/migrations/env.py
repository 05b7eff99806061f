from services.chassis import migration
from services.reminders.storage.tables import metadata

migration.run(metadata)
