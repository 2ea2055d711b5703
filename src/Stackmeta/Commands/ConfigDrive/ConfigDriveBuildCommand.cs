using System.CommandLine;
using Stackmeta.ConfigDrive;
using Stackmeta.Core.Files;
using Stackmeta.Core.Logging;

namespace Stackmeta;

/// <summary><c>stackmeta config-drive build</c>: a volume with all that an instance would be told over HTTP.</summary>
sealed class ConfigDriveBuildCommand
{
    const string StandardOutput = "-";

    readonly CommonOptions _common;
    readonly Func<Stream> _openOutput;

    readonly Argument<string> _instance = new("INSTANCE")
    {
        Description = "The instance's uuid, or in an inventory its name if only one has it",
    };

    readonly Option<string> _output = new("--out")
    {
        Description =
            "The file to write, which appears whole or not at all; a device or FIFO is written to; - for standard output",
        HelpName = "FILE",
        Required = true,
    };

    readonly Option<string?> _format = new("--format")
    {
        Description = "iso9660 (what nova.conf says, or the default), or vfat for readers that know nothing else",
        HelpName = "iso9660|vfat",
    };

    readonly Option<string?> _seed = new("--seed")
    {
        Description = "nocloud makes a seed of cloud-init's NoCloud instead (label cidata)",
        HelpName = "nocloud",
    };

    readonly Option<string?> _password = new("--admin-pass-file")
    {
        Description = "A file with the administrator's password, told to the guest as admin_pass",
        HelpName = "FILE",
    };

    readonly Option<string[]> _files = new("--file")
    {
        Description = "A file that the guest puts in a place, for example /etc/banner=banner.txt; may be repeated",
        HelpName = "PATH=LOCAL",
        DefaultValueFactory = _ => [],
    };

    readonly Option<string[]> _novaFiles = new("--config-file")
    {
        Description = "Nova's configuration: read the instance from its databases; may be repeated",
        HelpName = "FILE",
        DefaultValueFactory = _ => [],
    };

    readonly Option<string[]> _novaFolders = new("--config-dir")
    {
        Description = "A folder of more of it, read after the files: all *.conf by name; may be repeated",
        HelpName = "DIR",
        DefaultValueFactory = _ => [],
    };

    ConfigDriveBuildCommand(CommonOptions common, Func<Stream> openOutput)
    {
        _common = common;
        _openOutput = openOutput;
        _format.AcceptOnlyFromAmong(DriveFormats.Iso9660, DriveFormats.Vfat);
        _seed.AcceptOnlyFromAmong("nocloud");
    }

    /// <param name="common">The settings.</param>
    /// <param name="openOutput">Opens standard output for bytes.</param>
    public static Command Create(CommonOptions common, Func<Stream> openOutput)
    {
        var build = new ConfigDriveBuildCommand(common, openOutput);
        var command = new ExampleCommand(
            "build",
            "Make an instance's config drive.",
            "stackmeta config-drive build web-1 --out disk.config",
            "stackmeta config-drive build web-1 --format vfat --out - | ssh host 'cat > disk.config'",
            "stackmeta config-drive build web-1 --seed nocloud --out seed.iso",
            "stackmeta config-drive build 83679162-1378-4288-a2d4-70e13ec132aa --config-file /etc/nova/nova.conf --out disk.config"
        )
        {
            build._instance,
            build._output,
            build._format,
            build._seed,
            build._password,
            build._files,
            build._novaFiles,
            build._novaFolders,
        };
        command.SetAction(build.RunAsync);
        return command;
    }

    async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var settings = _common.Read(parsed);
        using var signals = new StopSignals(cancellationToken);
        using var loggers = ProgramLog.Create(settings);
        string[] nova = [.. parsed.GetValue(_novaFiles)!, .. parsed.GetValue(_novaFolders)!];
        try
        {
            await using var place =
                nova.Length > 0
                    ? OpenDriveSource.OfNova(nova, settings, loggers)
                    : OpenDriveSource.OfInventory(settings, loggers);
            var request = Request(parsed, place.Drives.UsualFormat);
            request = request with { Instance = await place.ResolveAsync(request.Instance, signals.Token) };
            var made = await new DriveDocuments(place.Drives, TimeProvider.System).PrepareAsync(request, signals.Token);
            await WriteAsync(
                made.Drive ?? throw new CommandException(made.Sentence),
                parsed.GetValue(_output)!,
                signals.Token
            );
            return ExitCodes.Done;
        }
        catch (OperationCanceledException) when (signals.Token.IsCancellationRequested)
        {
            throw new CommandException("Stopped by a signal; no drive was written.");
        }
    }

    DriveRequest Request(ParseResult parsed, DriveFormat usualFormat)
    {
        var isNoCloud = parsed.GetValue(_seed) is not null;
        if (isNoCloud && (parsed.GetValue(_password) is not null || parsed.GetValue(_files)!.Length > 0))
        {
            throw new CommandException(
                "A NoCloud seed has no place for --admin-pass-file and --file; put them into the user data.",
                ExitCodes.Usage
            );
        }
        return new()
        {
            Instance = parsed.GetValue(_instance)!,
            Format = parsed.GetValue(_format) is { } format ? DriveFormats.Of(format) : usualFormat,
            IsNoCloud = isNoCloud,
            AdminPassword = parsed.GetValue(_password) is { } file ? DriveInputs.ReadPassword(file) : null,
            Files = DriveInputs.ReadFiles(parsed.GetValue(_files)!),
        };
    }

    async Task WriteAsync(Drive drive, string target, CancellationToken cancellationToken)
    {
        try
        {
            if (target == StandardOutput)
            {
                await using var output = _openOutput();
                await drive.WriteAsync(output, cancellationToken);
            }
            else
            {
                await using var stream = await StreamFile.OpenAsync(target, TimeProvider.System, cancellationToken);
                await (
                    stream is null
                        ? DriveFile.WriteAsync(target, drive, cancellationToken)
                        : drive.WriteAsync(stream, cancellationToken)
                );
            }
        }
        catch (Exception failure) when (SystemReason.IsOfFile(failure))
        {
            throw new CommandException($"The drive cannot be written: {SystemReason.Of(failure, target)}.");
        }
    }
}
