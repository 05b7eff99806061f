from services.launcher.main import cli

cli(prog_name="afterglow")
