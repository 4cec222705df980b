// SPDX-License-Identifier: MIT
#include <SocketIo/postgresoptions.h>

/*!
    \class SocketIo::PostgresOptions
    \inmodule QtSocketIo
    \inheaderfile SocketIo/PostgresOptions
    \since QtSocketIo 0.1
    \brief The settings of the database connection of a PostgresAdapter or PostgresEmitter.

    The options for the channels, the table and the threshold have the names and defaults of
    \@socket.io/postgres-adapter. They must be the same for all servers of a cluster.

    They are inherited by the options of an adapter:

    \snippet postgres.cpp adapter
*/
/*!
    \variable SocketIo::PostgresOptions::url
    \brief the URL of the database:
    \c{postgresql://user:password@host:port/database?parameter=value}, in the format of PostgreSQL's
    libpq; "postgresql://localhost" by default.

    All parts are optional. A Unix domain socket is \c{postgresql:///database?host=/folder}, several
    servers of which one is the primary are
    \c{postgresql:///database?host=one,two&target_session_attrs=read-write}, and TLS with a verified
    certificate is \c{?sslmode=verify-full}. The environment variables and files that PostgreSQL's
    programs read, such as \c PGPASSWORD and \c{~/.pgpass}, apply as well.
*/
/*!
    \variable SocketIo::PostgresOptions::channelPrefix
    \brief the prefix of the names of the channels; "socket.io" by default. The name of a
    namespace's channel consists of the prefix, a number sign, and the name of the namespace.
    PostgreSQL limits it to 63 bytes.
*/
/*!
    \variable SocketIo::PostgresOptions::tableName
    \brief the table for messages that do not fit into a notification; "socket_io_attachments" by
    default. The name is inserted into statements unchanged, so it can include a schema and must be
    quoted where SQL requires it.

    The table is created if it does not exist. If the database user is not allowed to create it,
    create it beforehand:

    \badcode
    CREATE TABLE socket_io_attachments (
        id bigserial UNIQUE,
        created_at timestamptz DEFAULT now(),
        payload bytea
    );
    \endcode
*/
/*!
    \variable SocketIo::PostgresOptions::payloadThreshold
    \brief the size in bytes above which a message is stored in the table; 8,000 by default.
    PostgreSQL's own limit of 7,999 bytes applies in any case, and messages with binary data are
    always stored in the table.
*/
/*!
    \variable SocketIo::PostgresOptions::connectTimeout
    \brief the maximum duration of an attempt to connect; 10 seconds by default.
*/
/*!
    \variable SocketIo::PostgresOptions::commandTimeout
    \brief the maximum duration of a statement; 10 seconds by default. After that, the connection is
    considered lost.
*/
/*!
    \variable SocketIo::PostgresOptions::reconnectionDelay
    \brief the delay before the first attempt to reconnect; 100 ms by default. It doubles with each
    further attempt. The delay is randomly reduced by up to half, so that servers do not all
    reconnect at the same time.
*/
/*!
    \variable SocketIo::PostgresOptions::reconnectionDelayMax
    \brief the maximum delay between two attempts to reconnect; 5 seconds by default.
*/
/*!
    \variable SocketIo::PostgresOptions::maxAttachmentSize
    \brief the maximum size in bytes of a message that is read from the table; 64 MiB by default. A
    larger one is ignored, and a warning is logged.
*/
/*!
    \variable SocketIo::PostgresOptions::maxQueuedBytes
    \brief the maximum size in bytes of the messages that are waiting to be sent, and of those that
    are waiting to be delivered; 16 MiB each by default. Further messages are dropped, and a warning
    is logged. A single message can be larger if no other message is waiting.
*/
