// SPDX-License-Identifier: MIT
#ifndef SHAREDLIST_H
#define SHAREDLIST_H

#include "item.h"

#include <SocketIo/ClientSocket>

#include <QtCore/qabstractitemmodel.h>
#include <QtCore/qurl.h>

#include <optional>

// The list as this window sees it. Items can be edited offline: edits are kept, and sent when the
// connection is there. An item that somebody else has changed meanwhile is in conflict until
// resolve() is called. An edit that the server refuses is kept and says so until it is edited again.
class SharedList : public QAbstractListModel
{
    Q_OBJECT

public:
    enum class Resolution { KeepMine, TakeTheirs };
    static constexpr int ProblemRole = Qt::UserRole; // in conflict or refused

    explicit SharedList(const QUrl &url, QObject *parent = nullptr);

    int rowCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    bool setData(const QModelIndex &index, const QVariant &value, int role) override;
    Qt::ItemFlags flags(const QModelIndex &index) const override;

    void add(const QString &text);
    bool isInConflict(int row) const { return row >= 0 && m_entries.value(row).conflict; }
    QString theirText(int row) const { return m_entries.value(row).item.text; }
    void resolve(int row, Resolution resolution);
    int waitingCount() const; // edits that the server has not confirmed
    SocketIo::ClientSocket *socket() const { return m_socket; }

Q_SIGNALS:
    void stateChanged();

private:
    struct Entry
    {
        Item item;                // as the server has it
        std::optional<Item> mine; // an edit that is not confirmed
        bool conflict = false;
        bool sent = false; // the edit is on its way
        QString refusal;   // why the server does not take it

        const Item &shown() const { return mine ? *mine : item; }
    };

    void edit(int row, const Item &edited);
    void send(int row);
    void receive(const Item &item);
    void receiveAll(const QList<Item> &items);
    void refuse(int row, const QString &why);
    void settle(const QString &id, bool isAccepted, const Item &item);
    int rowOf(const QString &id) const;
    void changed(int row);

    QList<Entry> m_entries;
    bool m_isJoined = false;
    SocketIo::ClientSocket *m_socket;
};

#endif
