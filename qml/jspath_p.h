// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_JSPATH_P_H
#define SOCKETIO_JSPATH_P_H

#include <QtCore/qstring.h>
#include <QtQml/qjsvalue.h>

#include <variant>
#include <vector>

namespace SocketIo::detail {

// The way to the part of a JavaScript value that is being read.
class JsPath
{
public:
    // The index of an element or of an argument, or the name of a member.
    using Key = std::variant<qsizetype, QString>;

    // Steps into a member or an element as long as it lives.
    class Level
    {
    public:
        Level(JsPath *path, Key key);
        ~Level() { m_path->m_steps.pop_back(); }
        Q_DISABLE_COPY_MOVE(Level)

    private:
        JsPath *const m_path;
    };

    // The first step leads to one of several arguments.
    void beginWithArguments() { m_root = Root::Arguments; }

    qsizetype size() const { return qsizetype(m_steps.size()); }
    bool isOfArguments() const { return m_root == Root::Arguments; }
    const Key &lastKey() const { return m_steps.back().key; }
    void setObject(const QJSValue &object) { m_steps.back().object = object; }
    // Returns how many steps lead to the object that contains the current value and is object; 0 if
    // there is none.
    qsizetype stepsTo(const QJSValue &object) const;
    // As JavaScript would name it, but arguments have numbers from 1 on.
    QString text() const { return text(size()); }
    QString text(qsizetype steps) const;

private:
    enum class Root { Value, Arguments };
    struct Step
    {
        Key key;
        QJSValue object; // what is there
    };

    Root m_root = Root::Value;
    std::vector<Step> m_steps;
};

} // namespace SocketIo::detail

#endif
