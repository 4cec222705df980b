// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_CONTENTCODING_P_H
#define ENGINEIO_CONTENTCODING_P_H

#include <EngineIo/engineioglobal.h>

#include <QtCore/qbytearray.h>
#include <QtCore/qbytearrayview.h>

namespace EngineIo::detail {

enum class ContentCoding { Identity, Deflate, Gzip };

// Returns the coding for the answer to a request with this Accept-Encoding: the one that the client
// prefers, and gzip rather than deflate if it prefers neither.
ENGINEIO_AUTOTEST_EXPORT ContentCoding negotiateCoding(QByteArrayView acceptEncoding);

ENGINEIO_EXPORT QByteArray encodeContent(ContentCoding coding, const QByteArray &content);

} // namespace EngineIo::detail

#endif
