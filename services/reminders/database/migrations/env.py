from services.chassis import migration
from services.reminders.database.tables import metadata

migration.run(metadata)
