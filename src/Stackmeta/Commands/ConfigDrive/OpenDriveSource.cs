using Microsoft.Extensions.Logging;
using Stackmeta.Core.Caching;
using Stackmeta.Inventory;
using Stackmeta.OpenStack;

namespace Stackmeta;

/// <summary>Where the command line says that instances are, opened for one drive.</summary>
sealed class OpenDriveSource : IAsyncDisposable
{
    readonly Owned _owned = new();
    OwnInventory? _inventory;

    OpenDriveSource() { }

    public DriveSource Drives { get; private set; } = null!;

    /// <summary>The inventory that the settings name.</summary>
    /// <exception cref="CommandException">There is none.</exception>
    public static OpenDriveSource OfInventory(SettingValues settings, ILoggerFactory loggers)
    {
        var time = TimeProvider.System;
        var place = new OpenDriveSource();
        place._inventory = place._owned.Add(InventoryPlace.Of(settings).OpenExisting(time));
        var vendorData = place._owned.Add(VendorDataSettings.Of(settings, new AnswerCacheOptions(), loggers, time));
        place.Drives = DriveSettings.Of(settings, place._inventory, vendorData);
        return place;
    }

    /// <summary>Nova's databases, with all that nova.conf says of documents; nothing is connected yet.</summary>
    /// <exception cref="CommandException">The files cannot be used.</exception>
    public static OpenDriveSource OfNova(string[] paths, SettingValues settings, ILoggerFactory loggers)
    {
        try
        {
            var nova = NovaConfiguration.Read(paths, Environment.GetEnvironmentVariable);
            var place = new OpenDriveSource();
            place.Drives = place._owned.Add(NovaApiCommand.Create(nova, settings, admin: null, loggers)).Drives;
            return place;
        }
        catch (ConfigurationException e)
        {
            throw new CommandException(e.Message, ExitCodes.Usage);
        }
    }

    /// <summary>The uuid of the instance that the command line means.</summary>
    /// <exception cref="CommandException">None or several have this name.</exception>
    public async Task<string> ResolveAsync(string instance, CancellationToken cancellationToken)
    {
        if (_inventory is null)
        {
            // Names are not unique in a cloud.
            return instance;
        }
        var found = await _inventory.Instances.FindAsync(instance, cancellationToken);
        return found.IsRefused ? throw new CommandException($"{found.Objections[0].Sentence}.") : found.Value.Id;
    }

    public ValueTask DisposeAsync() => _owned.DisposeAsync();
}
