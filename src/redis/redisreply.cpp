// SPDX-License-Identifier: MIT
#include <SocketIo/redisreply.h>

/*!
    \class SocketIo::RedisReply
    \inmodule QtSocketIo
    \inheaderfile SocketIo/RedisReply
    \since QtSocketIo 0.1
    \brief A value that Redis sends.

    For example:

    \snippet reference-redis.cpp RedisReply
*/
/*!
    \enum SocketIo::RedisReply::Type
    \value Nil no value
    \value Text a string of bytes
    \value Error an error; text says which
    \value Integer a number
    \value Array a list of values
*/
/*!
    \variable SocketIo::RedisReply::type
    \brief the kind of the value.
*/
/*!
    \variable SocketIo::RedisReply::integer
    \brief the number, if it is one.
*/
/*!
    \variable SocketIo::RedisReply::text
    \brief the bytes of a text or an error.
*/
/*!
    \variable SocketIo::RedisReply::elements
    \brief the elements of an array.
*/
/*!
    \fn bool SocketIo::RedisReply::isError() const
    Returns whether this is an error.
*/
