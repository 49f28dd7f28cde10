"""What only `create_app` installs: builder, page frame, headers, request context, log."""
