using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Stackmeta.Inventory;

namespace Stackmeta;

/// <summary>Where the inventory is: in a file of the data folder, or in a PostgreSQL database that hosts share.</summary>
sealed class InventoryPlace
{
    readonly DataFolder _folder;
    readonly PostgresUrl? _url;
    readonly PostgresInventoryOptions _options;

    InventoryPlace(DataFolder folder, PostgresUrl? url, PostgresInventoryOptions options)
    {
        _folder = folder;
        _url = url;
        _options = options;
    }

    /// <summary>The place that the settings name.</summary>
    /// <exception cref="SettingsException">The URL or the file with its password cannot be used.</exception>
    public static InventoryPlace Of(SettingValues settings) => Of(settings, DataFolder.Of(settings));

    /// <summary>The same; where the settings name no database, in this folder.</summary>
    /// <exception cref="SettingsException">The URL or the file with its password cannot be used.</exception>
    public static InventoryPlace Of(SettingValues settings, DataFolder folder) =>
        new(
            folder,
            UrlOf(settings),
            new PostgresInventoryOptions { MaximumConnections = (int)settings.Get(KnownSettings.InventoryConnections) }
        );

    /// <summary>Whether there can be an inventory; a database is not asked.</summary>
    public bool MayExist => _url is not null || File.Exists(_folder.InventoryFile);

    /// <summary>Opens the inventory, made if it is missing.</summary>
    /// <exception cref="InventoryException">It cannot be used.</exception>
    /// <exception cref="SettingsException">The data folder cannot be made.</exception>
    public OwnInventory Open(TimeProvider time, ILoggerFactory? loggers = null)
    {
        loggers ??= NullLoggerFactory.Instance;
        return _url is null
            ? SqliteInventory.Open(_folder.Make().InventoryFile, time, logger: loggers.CreateLogger<SqliteInventory>())
            : PostgresInventory.Open(_url, time, _options, loggers.CreateLogger<PostgresInventory>());
    }

    /// <summary>Opens the inventory, which must be there.</summary>
    /// <exception cref="InventoryException">It cannot be used.</exception>
    /// <exception cref="CommandException">There is none.</exception>
    public OwnInventory OpenExisting(TimeProvider time)
    {
        if (_url is not null)
        {
            return PostgresInventory.Open(_url, time, _options with { Upgrade = false });
        }
        if (!MayExist)
        {
            throw new CommandException(
                $"There is no inventory in {_folder.Path} yet; create a network, import a document, or name another folder with --data or a database with inventory.url."
            );
        }
        return SqliteInventory.Open(_folder.InventoryFile, time);
    }

    static PostgresUrl? UrlOf(SettingValues settings)
    {
        if (settings.Get(KnownSettings.InventoryUrl) is not { Length: > 0 } url)
        {
            return null;
        }
        try
        {
            var password = settings.Get(KnownSettings.InventoryPasswordFile) is { Length: > 0 } file
                ? SecretFile.Read(file, "The password of the inventory")
                : null;
            return PostgresUrl.Parse(url, password);
        }
        catch (FormatException e)
        {
            throw new SettingsException([
                new(settings.OriginOf(KnownSettings.InventoryUrl), $"inventory.url cannot be used: {e.Message}."),
            ]);
        }
    }
}
