// SPDX-License-Identifier: MIT
#ifndef QTSOCKETIO_UTF8TEXT_P_H
#define QTSOCKETIO_UTF8TEXT_P_H

#include <QtCore/qbytearrayview.h>
#include <QtCore/qstring.h>

namespace EngineIo::detail {

// What a peer has written as UTF-8. QString::fromUtf8() takes U+FEFF at the start for a byte order
// mark and drops it; here it is a character like others.
inline QString utf8Text(QByteArrayView utf8)
{
    QString text = QString::fromUtf8(utf8);
    if (utf8.startsWith(QByteArrayView("\xef\xbb\xbf", 3)))
        text.prepend(QChar::ByteOrderMark);
    return text;
}

} // namespace EngineIo::detail

#endif
