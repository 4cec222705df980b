// SPDX-License-Identifier: MIT
#include "engineio/client/requestbody_p.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace EngineIo::detail {

RequestBody::RequestBody(const QByteArray &bytes, QObject *parent)
    : QIODevice(parent)
    , m_bytes(bytes)
{
    open(QIODevice::ReadOnly | QIODevice::Unbuffered);
}

bool RequestBody::reset()
{
    if (m_position == 0)
        return true;
    if (!std::exchange(m_repetitions, false))
        return false;
    m_position = 0;
    return true;
}

qint64 RequestBody::readData(char *data, qint64 maxSize)
{
    if (m_position == m_bytes.size())
        return -1;
    const qsizetype size = std::min<qsizetype>(maxSize, m_bytes.size() - m_position);
    std::memcpy(data, m_bytes.constData() + m_position, size_t(size));
    m_position += size;
    return size;
}

qint64 RequestBody::writeData(const char *, qint64)
{
    return -1;
}

} // namespace EngineIo::detail
