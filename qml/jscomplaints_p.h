// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_JSCOMPLAINTS_P_H
#define SOCKETIO_JSCOMPLAINTS_P_H

#include "jspath_p.h"

#include <SocketIo/Error>

#include <QtCore/qobject.h>
#include <QtCore/qpointer.h>
#include <QtCore/qstring.h>
#include <QtCore/qvariant.h>
#include <QtQml/qjsvalue.h>

namespace SocketIo::detail {

// What is wrong with a JavaScript value that is read: warnings for the parts that are not data, and
// an error if the whole cannot be read.
class JsComplaints
{
public:
    // object: the one for which the value is read, or null; purpose: what the value is, or empty;
    // path: the way to the part that is being read.
    JsComplaints(const QObject *object, const QString &purpose, const JsPath &path);
    Q_DISABLE_COPY_MOVE(JsComplaints)

    // What was given, if it still lives.
    const QObject *object() const { return m_object; }
    // No error if the whole value could be read.
    const Error &error() const { return m_error; }
    // The error when reading the value has deleted the object that wants it.
    static Error ownerDeleted(const QString &purpose);

    // The part that is being read is not data. Returns what is used in its place.
    enum class Instead { Null, Nothing };
    QVariant lost(const QString &what, const QString &remedy, Instead instead = Instead::Null);
    QVariant lostFunction(Instead instead);
    QVariant lostContainer(const QJSValue &object);
    QVariant lostQObject(const QObject *object);
    // Two keys of a Map have the same text, such as 1 and "1".
    void warnOfKeys(const QString &name);

    void fail(const QString &what, const QString &remedy);
    void failToRead(const QString &place, const QString &error);
    // The value has been read.
    void finish();

private:
    const QPointer<const QObject> m_object;
    const bool m_hasObject;
    const QString m_purpose;
    const JsPath &m_path;
    int m_lost = 0;
    Error m_error;
};

} // namespace SocketIo::detail

#endif
