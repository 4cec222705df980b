// SPDX-License-Identifier: MIT
#ifndef SOCKETIO_QMLLISTMODEL_H
#define SOCKETIO_QMLLISTMODEL_H

#include "qmlclient.h"

#include <QtCore/qabstractitemmodel.h>
#include <QtCore/qbasictimer.h>
#include <QtCore/qhash.h>
#include <QtCore/qset.h>
#include <QtQml/qqml.h>

#include <deque>

namespace SocketIo {

// The QML type SocketIoListModel: rows that a client's events insert, change and remove.
//
// Changes are collected and applied together, so a view works once for a frame and not once for an
// event.
class QmlListModel : public QAbstractListModel
{
    Q_OBJECT
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
    int count() const { return int(m_rows.size()); }

    int rowCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    QHash<int, QByteArray> roleNames() const override;

    Q_INVOKABLE QVariantMap get(int row) const;
    Q_INVOKABLE int find(const QVariant &key) const;

public Q_SLOTS:
    void insert(const QVariant &objects);
    void update(const QVariant &objects);
    void remove(const QVariant &keys);
    void reset(const QVariant &objects);
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
    enum Kind { Insert, Update, Remove, Reset, KindCount };
    struct Change
    {
        Kind kind;
        QVariant value;
    };
    using Row = QVariantList; // by the number of the role

    class Batch;

    void setEvent(Kind kind, const QString &event, void (QmlListModel::*changed)());
    void listen(Kind kind);
    void stopListening(Kind kind);
    void add(Kind kind, const QVariant &value);
    bool learnRoles();
    QString keyOf(const QVariant &value) const;
    int rowOf(const QString &key) const;
    void apply();
    void removeMarked(const QSet<int> &marked);
    void append(std::deque<Row> &&rows);
    void reindex(int from);

    QPointer<QmlClient> m_client;
    QString m_keyRole;
    QString m_events[KindCount];
    QStringList m_roles;
    QHash<QString, int> m_roleNumbers;
    bool m_rolesAreFixed = false;
    bool m_resetting = false; // no other signals meanwhile
    int m_maximumCount = 0;
    int m_batchInterval = 16;
    QBasicTimer m_timer;
    QList<Change> m_changes; // not applied yet
    std::deque<Row> m_rows;
    QHash<QString, qint64> m_numbers; // of the rows by their keys: row + m_removedInFront
    qint64 m_removedInFront = 0;
};

} // namespace SocketIo

#endif
