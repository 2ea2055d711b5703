using System.CommandLine;
using Stackmeta.ConfigDrive;
using Stackmeta.Inventory;

namespace Stackmeta;

/// <summary><c>stackmeta config-drive build</c>: a volume with all that an instance would be told over HTTP.</summary>
static class ConfigDriveBuildCommand
{
    const string StandardOutput = "-";

    public static Command Create(CommonOptions common, Func<Stream> openOutput)
    {
        var instance = new Argument<string>("INSTANCE")
        {
            Description = "The instance's uuid, or its name if only one has it",
        };
        var output = new Option<string>("--out")
        {
            Description = "The file to write, which appears whole or not at all; - for standard output",
            HelpName = "FILE",
            Required = true,
        };
        var format = new Option<string>("--format")
        {
            Description = "iso9660, or vfat for readers that know nothing else",
            HelpName = "iso9660|vfat",
            DefaultValueFactory = _ => "iso9660",
        };
        format.AcceptOnlyFromAmong("iso9660", "vfat");
        var seed = new Option<string?>("--seed")
        {
            Description = "nocloud makes a seed of cloud-init's NoCloud instead (label cidata)",
            HelpName = "nocloud",
        };
        seed.AcceptOnlyFromAmong("nocloud");
        var password = new Option<string?>("--admin-pass-file")
        {
            Description = "A file with the administrator's password, told to the guest as admin_pass",
            HelpName = "FILE",
        };
        var files = new Option<string[]>("--file")
        {
            Description = "A file that the guest puts in a place, for example /etc/banner=banner.txt; may be repeated",
            HelpName = "PATH=LOCAL",
            DefaultValueFactory = _ => [],
        };
        var command = new ExampleCommand(
            "build",
            "Make an instance's config drive.",
            "stackmeta config-drive build web-1 --out disk.config",
            "stackmeta config-drive build web-1 --format vfat --out - | ssh host 'cat > disk.config'",
            "stackmeta config-drive build web-1 --seed nocloud --out seed.iso"
        )
        {
            instance,
            output,
            format,
            seed,
            password,
            files,
        };
        command.SetAction(
            async (parsed, cancellationToken) =>
            {
                var request = new DriveRequest
                {
                    Instance = parsed.GetValue(instance)!,
                    Format = parsed.GetValue(format) == "vfat" ? DriveFormat.Vfat : DriveFormat.Iso9660,
                    IsNoCloud = parsed.GetValue(seed) is not null,
                    AdminPassword = parsed.GetValue(password) is { } file ? DriveRequest.ReadPassword(file) : null,
                    Files = [.. parsed.GetValue(files)!.Select(DriveRequest.ReadFile)],
                };
                request.Check();
                using var signals = new StopSignals(cancellationToken);
                var drive = await PrepareAsync(request, common.Read(parsed), signals.Token);
                await WriteAsync(drive, parsed.GetValue(output)!, openOutput, signals.Token);
                return ExitCodes.Done;
            }
        );
        return command;
    }

    static async Task<Drive> PrepareAsync(
        DriveRequest request,
        SettingValues settings,
        CancellationToken cancellationToken
    )
    {
        var inventoryFile = DataFolder.Of(settings).InventoryFile;
        if (!File.Exists(inventoryFile))
        {
            throw new CommandException($"There is no inventory in '{inventoryFile}'; name its folder with --data.");
        }
        var time = TimeProvider.System;
        using var inventory = SqliteInventory.Open(inventoryFile, time);
        var found = await inventory.Instances.FindAsync(request.Instance, cancellationToken);
        if (found.IsRefused)
        {
            throw new CommandException($"{found.Objections[0].Sentence}.");
        }
        using var loggers = ProgramLog.Create(settings.Get(KnownSettings.LogLevel));
        using var vendorData = VendorDataSettings.Of(settings, new AnswerCacheOptions(), loggers, time);
        var documents = new DriveDocuments(inventory, vendorData, DocumentSettings.Of(settings), time);
        var files = await documents.RenderAsync(request with { Instance = found.Value.Id }, cancellationToken);
        var options = new DriveOptions
        {
            Format = request.Format,
            Label = request.IsNoCloud ? DriveOptions.NoCloudLabel : DriveOptions.ConfigDriveLabel,
            Time = time.GetUtcNow(),
        };
        var prepared = Drive.Prepare(files, options);
        return prepared.Drive
            ?? throw new CommandException(string.Join(' ', prepared.Problems.Select(problem => problem.Sentence)));
    }

    static async Task WriteAsync(
        Drive drive,
        string target,
        Func<Stream> openOutput,
        CancellationToken cancellationToken
    )
    {
        try
        {
            if (target == StandardOutput)
            {
                await using var output = openOutput();
                await drive.WriteAsync(output, cancellationToken);
            }
            else
            {
                await DriveFile.WriteAsync(target, drive, cancellationToken);
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"The drive cannot be written: {failure.Message}");
        }
        catch (OperationCanceledException)
        {
            throw new CommandException("Stopped by a signal; no drive was written.");
        }
    }
}
