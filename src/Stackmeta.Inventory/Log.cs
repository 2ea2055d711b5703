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
}
