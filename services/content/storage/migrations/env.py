from services.chassis import migration
from services.content.storage.tables import metadata

migration.run(metadata)
