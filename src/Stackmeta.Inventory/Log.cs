using Microsoft.Extensions.Logging;

namespace Stackmeta.Inventory;

/// <summary>What the inventory says to the operator: events 4000 to 4999.</summary>
static partial class Log
{
    [LoggerMessage(
        4001,
        LogLevel.Error,
        "The inventory cannot answer ({Trouble}): {Message} Guests that are not known yet wait meanwhile."
    )]
    public static partial void InventoryInTrouble(ILogger logger, InventoryTrouble trouble, string message);

    [LoggerMessage(4002, LogLevel.Information, "The inventory answers again.")]
    public static partial void InventoryRecovered(ILogger logger);

    [LoggerMessage(4003, LogLevel.Error, "Instance {InstanceId} is stored in a form that cannot be read: {Message}")]
    public static partial void InstanceUnreadable(ILogger logger, string instanceId, string message);

    [LoggerMessage(
        4010,
        LogLevel.Warning,
        "The server of the inventory notifies nobody of changes: they are looked for every {Seconds} s instead."
    )]
    public static partial void NothingNotifies(ILogger logger, double seconds);

    [LoggerMessage(
        4011,
        LogLevel.Warning,
        "Changes of the inventory cannot be followed now: {Message} Kept answers are given until they expire."
    )]
    public static partial void ChangesNotFollowed(ILogger logger, string message);

    [LoggerMessage(4012, LogLevel.Information, "Changes of the inventory are followed again.")]
    public static partial void ChangesFollowedAgain(ILogger logger);
}
