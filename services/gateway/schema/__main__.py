"""Write the schema to services/gateway/schema/schema.graphql, where a change to it is seen."""

from pathlib import Path

from services.gateway.schema.build import printed

COMMITTED = Path(__file__).with_name("schema.graphql")

if __name__ == "__main__":
    COMMITTED.write_text(printed())
