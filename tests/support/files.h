// SPDX-License-Identifier: MIT
#ifndef TESTS_FILES_H
#define TESTS_FILES_H

#include <QtCore/qdir.h>
#include <QtCore/qfile.h>
#include <QtCore/qfileinfo.h>

namespace TestSupport {

// Writes a file, and makes the folder that it is in. Returns whether that was possible.
inline bool writeFile(const QString &path, const QByteArray &content)
{
    QFile file(path);
    return QDir().mkpath(QFileInfo(path).path()) && file.open(QIODevice::WriteOnly)
        && file.write(content) == content.size();
}

} // namespace TestSupport

#endif
