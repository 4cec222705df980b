// SPDX-License-Identifier: MIT
#ifndef QTSOCKETIO_UTF8TEXT_P_H
#define QTSOCKETIO_UTF8TEXT_P_H

#include <QtCore/qbytearrayview.h>
#include <QtCore/qstring.h>

namespace EngineIo::detail {

// Converts UTF-8 from a peer. QString::fromUtf8() treats U+FEFF at the start as a byte order mark
// and removes it; here it is an ordinary character.
inline QString utf8Text(QByteArrayView utf8)
{
    QString text = QString::fromUtf8(utf8);
    if (utf8.startsWith(QByteArrayView("\xef\xbb\xbf", 3)))
        text.prepend(QChar::ByteOrderMark);
    return text;
}

} // namespace EngineIo::detail

#endif
