// SPDX-License-Identifier: MIT
#include "redis/respreader_p.h"

#include <QtCore/qvarlengtharray.h>

#include <algorithm>
#include <iterator>

#include <hiredis/hiredis.h>

namespace SocketIo::detail {

namespace {

using Type = RedisReply::Type;

// hiredis builds a tree from the root; each element is appended to its parent.
void *place(const redisReadTask *task, RedisReply &&reply)
{
    if (!task->parent) {
        return new RedisReply(std::move(reply));
    }
    auto *parent = static_cast<RedisReply *>(task->parent->obj);
    parent->elements.append(std::move(reply));
    return &parent->elements.last();
}

void *createText(const redisReadTask *task, char *text, size_t size)
{
    RedisReply reply;
    reply.type = task->type == REDIS_REPLY_ERROR ? Type::Error : Type::Text;
    reply.text = QByteArray(text, qsizetype(size));
    return place(task, std::move(reply));
}

// Reserves nothing: the number of elements is merely what the peer claims.
template<typename Count>
void *createArray(const redisReadTask *task, Count)
{
    RedisReply reply;
    reply.type = Type::Array;
    return place(task, std::move(reply));
}

void *createInteger(const redisReadTask *task, long long number)
{
    RedisReply reply;
    reply.type = Type::Integer;
    reply.integer = number;
    return place(task, std::move(reply));
}

void *createNil(const redisReadTask *task)
{
    return place(task, {});
}

#if HIREDIS_MAJOR >= 1
void *createDouble(const redisReadTask *task, double, char *text, size_t size)
{
    return createText(task, text, size);
}

void *createBool(const redisReadTask *task, int value)
{
    return createInteger(task, value);
}
#endif

void freeReply(void *reply)
{
    delete static_cast<RedisReply *>(reply);
}

redisReplyObjectFunctions functions()
{
    redisReplyObjectFunctions result = {};
    result.createString = createText;
#if HIREDIS_MAJOR >= 1
    result.createArray = createArray<size_t>;
    result.createDouble = createDouble;
    result.createBool = createBool;
#else
    result.createArray = createArray<int>;
#endif
    result.createInteger = createInteger;
    result.createNil = createNil;
    result.freeObject = freeReply;
    return result;
}

redisReader *createReader()
{
    static redisReplyObjectFunctions all = functions();
    return redisReaderCreateWithFunctions(&all);
}

} // namespace

void RespReader::Free::operator()(redisReader *reader) const
{
    redisReaderFree(reader);
}

RespReader::RespReader(qsizetype maxSize)
    : m_maxSize(maxSize)
    , m_reader(createReader())
{
}

RespReader::~RespReader() = default;

void RespReader::feed(QByteArrayView bytes)
{
    if (!m_error.isEmpty())
        return;
    m_pending += bytes.size();
    if (redisReaderFeed(m_reader.get(), bytes.data(), size_t(bytes.size())) != REDIS_OK)
        m_error = m_reader->errstr;
}

std::optional<RedisReply> RespReader::next()
{
    void *reply = nullptr;
    if (!m_error.isEmpty())
        return std::nullopt;
    if (redisReaderGetReply(m_reader.get(), &reply) != REDIS_OK) {
        m_error = m_reader->errstr;
        return std::nullopt;
    }
    if (!reply) {
        if (m_pending > m_maxSize)
            m_error = "a reply is bigger than RedisOptions::maxReplySize";
        return std::nullopt;
    }
    m_pending = qsizetype(m_reader->len - m_reader->pos);
    const std::unique_ptr<RedisReply> owned(static_cast<RedisReply *>(reply));
    return std::move(*owned);
}

QByteArray respCommand(const QList<QByteArray> &words)
{
    QVarLengthArray<const char *, 16> texts;
    QVarLengthArray<size_t, 16> sizes;
    for (const QByteArray &word : words) {
        texts.append(word.constData());
        sizes.append(size_t(word.size()));
    }
    char *formatted = nullptr;
    const auto size =
        redisFormatCommandArgv(&formatted, int(words.size()), texts.data(), sizes.data());
    QByteArray command = size > 0 ? QByteArray(formatted, qsizetype(size)) : QByteArray();
    redisFreeCommand(formatted);
    return command;
}

bool isPassing(const QByteArray &error)
{
    constexpr const char *Codes[] = {"LOADING",  "READONLY", "OOM",  "MASTERDOWN", "CLUSTERDOWN",
                                     "TRYAGAIN", "MISCONF",  "BUSY", "NOREPLICAS", "UNBLOCKED"};
    // Redis before 7 puts the place in the script before it: "@user_script: 1: -OOM".
    const QByteArray text = error.startsWith('@') ? error.mid(error.indexOf(": -") + 3) : error;
    const QByteArray code = text.left(text.indexOf(' '));
    return std::find(std::begin(Codes), std::end(Codes), code) != std::end(Codes);
}

} // namespace SocketIo::detail
