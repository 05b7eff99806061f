from services.chassis import migration
from services.gateway.storage.tables import metadata

migration.run(metadata)
