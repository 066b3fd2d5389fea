"""Pictures of pages, as social networks and chats show them beside a link: 1200 × 630 pixels, with the page's title."""
