"""Where each scalar is specified, for code generators."""

from typing import Final

SPECIFIED_BY: Final = {
    "DateTime": "https://scalars.graphql.org/andimarek/date-time.html",
    "Date": "https://scalars.graphql.org/andimarek/local-date.html",
    "Duration": "https://www.rfc-editor.org/rfc/rfc3339#appendix-A",
    "EmailAddress": "https://www.rfc-editor.org/rfc/rfc5322#section-3.4.1",
    "Locale": "https://www.rfc-editor.org/info/bcp47",
    "LocalTime": "https://www.rfc-editor.org/rfc/rfc3339#section-5.6",
    "PhoneNumber": "https://www.itu.int/rec/T-REC-E.164",
    "TimeZone": "https://www.iana.org/time-zones",
    "URL": "https://www.rfc-editor.org/rfc/rfc3986",
}
