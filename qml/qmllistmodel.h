// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_QMLLISTMODEL_H
#define SOCKETIO_QMLLISTMODEL_H

#include "keyedrows_p.h"
#include "qmlclient.h"

#include <QtCore/qabstractitemmodel.h>
#include <QtCore/qbasictimer.h>
#include <QtCore/qelapsedtimer.h>
#include <QtCore/qpointer.h>
#include <QtCore/qstringlist.h>
#include <QtCore/qvariant.h>
#include <QtQml/qjsvalue.h>
#include <QtQml/qqml.h>

#include <array>
#include <deque>
#include <functional>

namespace SocketIo {

// The QML type SocketIoListModel: rows that a client's events insert, change and remove. Changes
// are collected and applied together, so that a view works once for a frame and not once for an
// event.
class QmlListModel : public QAbstractListModel, public QQmlParserStatus
{
    Q_OBJECT
    Q_INTERFACES(QQmlParserStatus)
    QML_NAMED_ELEMENT(SocketIoListModel)
    Q_PROPERTY(SocketIo::QmlClient *client READ client WRITE setClient NOTIFY clientChanged)
    Q_PROPERTY(QString keyRole READ keyRole WRITE setKeyRole NOTIFY keyRoleChanged)
    Q_PROPERTY(QStringList roles READ roles WRITE setRoles NOTIFY rolesChanged)
    Q_PROPERTY(QString insertEvent READ insertEvent WRITE setInsertEvent NOTIFY insertEventChanged)
    Q_PROPERTY(QString updateEvent READ updateEvent WRITE setUpdateEvent NOTIFY updateEventChanged)
    Q_PROPERTY(QString removeEvent READ removeEvent WRITE setRemoveEvent NOTIFY removeEventChanged)
    Q_PROPERTY(QString resetEvent READ resetEvent WRITE setResetEvent NOTIFY resetEventChanged)
    Q_PROPERTY(int maximumCount READ maximumCount WRITE setMaximumCount NOTIFY maximumCountChanged)
    Q_PROPERTY(
        int batchInterval READ batchInterval WRITE setBatchInterval NOTIFY batchIntervalChanged)
    Q_PROPERTY(int count READ count NOTIFY countChanged)

public:
    explicit QmlListModel(QObject *parent = nullptr);
    ~QmlListModel() override;

    QmlClient *client() const { return m_client; }
    void setClient(QmlClient *client);
    QString keyRole() const { return m_keyRole; }
    void setKeyRole(const QString &role);
    QStringList roles() const { return m_roles; }
    void setRoles(const QStringList &roles);
    QString insertEvent() const { return m_events[Insert]; }
    void setInsertEvent(const QString &event);
    QString updateEvent() const { return m_events[Update]; }
    void setUpdateEvent(const QString &event);
    QString removeEvent() const { return m_events[Remove]; }
    void setRemoveEvent(const QString &event);
    QString resetEvent() const { return m_events[Reset]; }
    void setResetEvent(const QString &event);
    int maximumCount() const { return m_maximumCount; }
    void setMaximumCount(int count);
    int batchInterval() const { return m_batchInterval; }
    void setBatchInterval(int milliseconds);
    int count() const { return m_rows.count(); }

    int rowCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    QHash<int, QByteArray> roleNames() const override;

    void classBegin() override { }
    void componentComplete() override;

    Q_INVOKABLE QVariantMap get(int row) const;
    Q_INVOKABLE int find(const QJSValue &key) const;

public Q_SLOTS:
    void insert(const QJSValue &objects);
    void update(const QJSValue &objects);
    void remove(const QJSValue &keys);
    void reset(const QJSValue &objects);
    void clear();
    void flush();

Q_SIGNALS:
    void clientChanged();
    void keyRoleChanged();
    void rolesChanged();
    void insertEventChanged();
    void updateEventChanged();
    void removeEventChanged();
    void resetEventChanged();
    void maximumCountChanged();
    void batchIntervalChanged();
    void countChanged();

protected:
    void timerEvent(QTimerEvent *event) override;

private:
    static constexpr int FirstRole = Qt::UserRole + 1;
    enum Kind { Insert, Update, Remove, Reset, KindCount };
    struct Change
    {
        Kind kind;
        QVariantList values;
    };

    using Signal = void (QmlListModel::*)();

    void setEvent(Kind kind, const QString &event, Signal changed);
    void listen(Kind kind);
    void stopListening(Kind kind);
    void warnOfEvent(Kind kind) const;
    void addFromJs(Kind kind, const QJSValue &value);
    void add(Kind kind, const QVariant &value);
    void schedule();
    void later(std::function<void()> function);
    bool doLater();
    QStringList learnRoles(const QList<Change> &changes);
    QString keyOf(const QVariant &value) const;
    void collect(detail::RowsBatch *batch, const Change &change);
    void warnSoon(bool *isTold, void (QmlListModel::*warning)() const);
    void warnOfUseless() const;
    void warnOfSurplus() const;

    void changeRows(const std::function<void()> &function, Signal changed = nullptr);
    void startAnew(const std::function<void()> &change, Signal changed);
    bool views(const std::function<void()> &tell);
    // Whether views follow each change: otherwise they read all anew afterwards.
    bool viewsFollow() const { return !m_resetting && !m_misled; }
    bool resetRows(const std::function<void()> &change);
    void apply(detail::RowsBatch *batch);
    bool applyChanged(detail::RowsBatch *batch);
    bool removeRowsOf(const QSet<int> &rows);
    bool removeRun(int first, int last);
    bool makeRoom(int newRows);
    void dropOldest();
    bool append(std::deque<detail::KeyedRows::Row> &&rows);

    QPointer<QmlClient> m_client;
    bool m_hasClient = false; // or will have: the property is set
    bool m_uselessTold = false;
    bool m_surplusTold = false;
    QString m_keyRole;
    std::array<QString, KindCount> m_events;
    std::array<QObject, KindCount> m_contexts; // of them, for two kinds may share an event
    QStringList m_roles;
    bool m_rolesAreGiven = false;
    int m_maximumCount = 0;
    int m_batchInterval = 16;
    QBasicTimer m_timer;
    QElapsedTimer m_lastFlush;
    QList<Change> m_changes; // not applied yet
    bool m_applying = false;
    bool m_resetting = false;                  // views read all anew, no other signals meanwhile
    bool m_misled = false;                     // a view has not been told what happened
    std::deque<std::function<void()>> m_later; // what handlers want while rows are being changed
    bool m_doingLater = false;
    detail::KeyedRows m_rows;
};

} // namespace SocketIo

#endif
