"""Local doubles of the services and a proxy that breaks exchanges on purpose."""
