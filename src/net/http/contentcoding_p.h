// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_CONTENTCODING_P_H
#define ENGINEIO_CONTENTCODING_P_H

#include <EngineIo/engineioglobal.h>

#include <QtCore/qbytearray.h>
#include <QtCore/qbytearrayview.h>

namespace EngineIo::detail {

enum class ContentCoding { Identity, Deflate, Gzip };

// The coding to answer with, given a request's Accept-Encoding: what the client likes best, and
// gzip before deflate where it likes both the same.
ENGINEIO_AUTOTEST_EXPORT ContentCoding negotiateCoding(QByteArrayView acceptEncoding);

ENGINEIO_EXPORT QByteArray encodeContent(ContentCoding coding, const QByteArray &content);

} // namespace EngineIo::detail

#endif
