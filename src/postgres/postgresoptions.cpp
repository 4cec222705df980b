// SPDX-License-Identifier: MIT
#include <SocketIo/postgresoptions.h>

/*!
    \class SocketIo::Postgres
    \inmodule QtSocketIo
    \inheaderfile SocketIo/PostgresOptions
    \since QtSocketIo 0.1
    \brief The state of a connection to PostgreSQL.

    To hear when the database is away:

    \snippet postgres.cpp state
*/
/*!
    \enum SocketIo::Postgres::State

    \value Closed there is no connection, and none is attempted
    \value Connecting a connection is being established
    \value Ready the database can be used
    \value Waiting the connection was lost or could not be established; the next attempt follows
    later
*/

/*!
    \class SocketIo::PostgresOptions
    \inmodule QtSocketIo
    \inheaderfile SocketIo/PostgresOptions
    \since QtSocketIo 0.1
    \brief How a PostgresAdapter or PostgresEmitter uses its database.

    The options for the channels, the table and the threshold have the names and defaults of
    \@socket.io/postgres-adapter. They must be the same for all servers of a cluster.

    Those of an adapter contain them:

    \snippet postgres.cpp adapter
*/
/*!
    \variable SocketIo::PostgresOptions::url
    \brief the database: \c{postgresql://user:password@host:port/database?parameter=value}, as
    PostgreSQL's own library reads it; "postgresql://localhost" by default.

    All parts are optional. A Unix domain socket is \c{postgresql:///database?host=/folder}, several
    servers of which one is the primary are
    \c{postgresql:///database?host=one,two&target_session_attrs=read-write}, and TLS with a verified
    certificate is \c{?sslmode=verify-full}. The environment variables and files that PostgreSQL's
    programs read, such as \c PGPASSWORD and \c{~/.pgpass}, apply as well.
*/
/*!
    \variable SocketIo::PostgresOptions::channelPrefix
    \brief what the names of the channels begin with; "socket.io" by default. The channel of a
    namespace is the prefix, a number sign, and the name of the namespace. PostgreSQL allows 63
    bytes for it.
*/
/*!
    \variable SocketIo::PostgresOptions::tableName
    \brief the table for messages that do not fit into a notification; "socket_io_attachments" by
    default. It is inserted into statements as it is, so it may include a schema, and needs
    quotation marks where SQL does.

    The table is created if it does not exist. If the user of the database may not do that, create
    it beforehand:

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
    \brief the size in bytes above which a message goes to the table; 8,000 by default. PostgreSQL's
    own limit of 7,999 bytes applies in any case, and messages with binary data always go to the
    table.
*/
/*!
    \variable SocketIo::PostgresOptions::connectTimeout
    \brief how long an attempt to connect may take; 10 seconds by default.
*/
/*!
    \variable SocketIo::PostgresOptions::commandTimeout
    \brief how long the database may take for a statement; 10 seconds by default. After that the
    connection is considered lost.
*/
/*!
    \variable SocketIo::PostgresOptions::reconnectionDelay
    \brief how long to wait before the first attempt to connect again; 100 ms by default. The delay
    doubles with each further attempt. Up to half of it is left out at random, so that servers do not
    reconnect all at once.
*/
/*!
    \variable SocketIo::PostgresOptions::reconnectionDelayMax
    \brief the longest delay between two attempts; 5 seconds by default.
*/
/*!
    \variable SocketIo::PostgresOptions::maxAttachmentSize
    \brief the size in bytes of the biggest message that is read from the table; 64 MiB by default.
    A bigger one is ignored, with a warning.
*/
/*!
    \variable SocketIo::PostgresOptions::maxQueuedBytes
    \brief how many bytes of messages may wait to be sent, and how many to be delivered; 16 MiB each
    by default. Further messages are dropped, with a warning. A single message may be larger if no
    other one is waiting.
*/
