from services.chassis import migration

migration.run()
