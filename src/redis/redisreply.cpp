// SPDX-License-Identifier: MIT
#include <SocketIo/redisreply.h>

/*!
    \class SocketIo::RedisReply
    \inmodule QtSocketIo
    \inheaderfile SocketIo/RedisReply
    \since QtSocketIo 0.1
    \brief Represents a value that is sent by Redis.

    For example:

    \snippet reference-redis.cpp RedisReply
*/
/*!
    \enum SocketIo::RedisReply::Type
    \value Nil no value
    \value Text a byte string
    \value Error an error, which is described by \l text
    \value Integer a number
    \value Array a list of values
*/
/*!
    \variable SocketIo::RedisReply::type
    \brief the type of the value; \c Nil by default.
*/
/*!
    \variable SocketIo::RedisReply::integer
    \brief the number, if the type is \c Integer.
*/
/*!
    \variable SocketIo::RedisReply::text
    \brief the bytes, if the type is \c Text or \c Error.
*/
/*!
    \variable SocketIo::RedisReply::elements
    \brief the elements, if the type is \c Array.
*/
/*!
    \fn bool SocketIo::RedisReply::isError() const
    Returns whether this is an error.
*/
