using System.CommandLine;
using Stackmeta.Core.Instances;
using Stackmeta.Inventory;

namespace Stackmeta;

/// <summary>What <c>instance create</c> and <c>instance set</c> have in common.</summary>
abstract class InstanceOptions(Func<Stream> openInput, bool isNew) : EntryOptions<InstanceEntry>
{
    readonly Option<string?> _hostname = OptionKinds.Text("--hostname", "The host name; made from the name", "NAME");
    readonly Option<string?> _zone = OptionKinds.Text("--availability-zone", "The availability zone", "ZONE");
    readonly Option<string?> _flavor = OptionKinds.Text("--flavor", "The flavor's name (EC2: instance-type)", "NAME");
    readonly Option<string?> _image = OptionKinds.Text("--image", "The image it was made from", "ID");
    readonly Option<string?> _kernel = OptionKinds.Text("--kernel", "The image of its kernel", "ID");
    readonly Option<string?> _ramdisk = OptionKinds.Text("--ramdisk", "The image of its ramdisk", "ID");
    readonly Option<string?> _root = OptionKinds.Text("--root-device", "For example /dev/vda", "DEVICE");
    readonly Option<int?> _launchIndex = OptionKinds.Number("--launch-index", "Its number in its reservation, from 0");
    readonly Option<string[]> _groups = OptionKinds.Texts("--security-group", "Adds a security group", "NAME");
    readonly Option<string[]> _properties = OptionKinds.Texts(
        "--property",
        "Metadata; a key that is there is replaced",
        "KEY=VALUE"
    );
    readonly Option<string?> _userData = OptionKinds.Text(
        "--user-data",
        $"User data: any bytes, up to {Limits.UserDataBytes}; what cloud-init would not take is told; - is standard input",
        "FILE"
    );
    readonly Option<string?> _keyName = OptionKinds.Text("--key-name", "The key pair's name", "NAME");
    readonly Option<string[]> _publicKeys = OptionKinds.Texts(
        "--public-key",
        "OpenSSH public keys, one a line, or a certificate; without --key-name they are added to those there are; - is standard input",
        "FILE"
    );
    readonly Option<string?> _keyType = OptionKinds.Text("--key-type", "What the key is; ssh", "ssh|x509");

    public override IEnumerable<Option> All =>
        [
            _hostname,
            _userData,
            _keyName,
            _publicKeys,
            _keyType,
            _properties,
            _groups,
            _zone,
            _flavor,
            _image,
            _kernel,
            _ramdisk,
            _root,
            _launchIndex,
        ];

    public override Func<InstanceEntry, InstanceEntry> Read(ParseResult parsed)
    {
        var userData = parsed.GetValue(_userData) is { } file
            ? UserDataFile.Read(file, openInput, parsed.InvocationConfiguration.Error)
            : null;
        var keys = ReadKeys(parsed);
        var properties = parsed.GetValue(_properties)!.Select(text => KeyValues.One("--property", text)).ToList();
        return entry =>
        {
            if (keys is not null)
            {
                var pair = keys.ChangeOf(entry.KeyPair);
                entry = entry with { KeyPair = pair, KeyName = pair.Name, KeyData = pair.PublicKey };
            }
            return entry with
            {
                Hostname = parsed.GetValue(_hostname) ?? entry.Hostname,
                AvailabilityZone = parsed.GetValue(_zone) ?? entry.AvailabilityZone,
                FlavorName = parsed.GetValue(_flavor) ?? entry.FlavorName,
                ImageRef = parsed.GetValue(_image) ?? entry.ImageRef,
                KernelId = parsed.GetValue(_kernel) ?? entry.KernelId,
                RamdiskId = parsed.GetValue(_ramdisk) ?? entry.RamdiskId,
                RootDeviceName = parsed.GetValue(_root) ?? entry.RootDeviceName,
                LaunchIndex = parsed.GetValue(_launchIndex) ?? entry.LaunchIndex,
                SecurityGroups = parsed.Has(_groups)
                    ? [.. ListChange.Add(entry.SecurityGroups, isNew, parsed.GetValue(_groups)!)]
                    : entry.SecurityGroups,
                Metadata = [.. Merge(entry.Metadata, properties)],
                UserData = userData is null ? entry.UserData : userData,
            };
        };
    }

    KeyPairInput? ReadKeys(ParseResult parsed)
    {
        var (name, files) = (parsed.GetValue(_keyName), parsed.GetValue(_publicKeys)!);
        if (name is null && files.Length == 0 && !parsed.Has(_keyType))
        {
            return null;
        }
        if (files.Length == 0 || (isNew && name is null))
        {
            throw new CommandException("A key pair needs both --key-name and --public-key.", ExitCodes.Usage);
        }
        return KeyPairInput.Read(name, parsed.GetValue(_keyType), files, openInput);
    }

    /// <summary>Keys keep their place when their value changes; new ones come last.</summary>
    static List<MetadataItem> Merge(IEnumerable<MetadataItem> present, IEnumerable<(string Key, string Value)> said)
    {
        var items = present.ToList();
        foreach (var (key, value) in said)
        {
            var at = items.FindIndex(item => item.Key == key);
            if (at >= 0)
            {
                items[at] = new(key, value);
            }
            else
            {
                items.Add(new(key, value));
            }
        }
        return items;
    }
}

/// <summary>The options of <c>instance create</c>; with <c>--nic</c> it creates the instance's ports too.</summary>
sealed class InstanceCreateOptions(Func<Stream> openInput) : InstanceOptions(openInput, isNew: true)
{
    readonly Option<string?> _id = OptionKinds.Text("--id", "The uuid, when it must be a certain one", "UUID");
    readonly Option<string?> _project = OptionKinds.Text("--project", "The project that owns it", "ID");
    readonly Option<string[]> _nics = OptionKinds.Texts(
        "--nic",
        "A port to create on a network, or one that is there",
        "net=NETWORK,ip=ADDRESS,mac=MAC | port=PORT"
    );

    public override IEnumerable<Option> All => [_nics, .. base.All, _id, _project];

    public override Func<InstanceEntry, InstanceEntry> Read(ParseResult parsed)
    {
        var change = base.Read(parsed);
        foreach (var nic in parsed.GetValue(_nics)!)
        {
            _ = ReadNic(nic);
        }
        return entry =>
            change(entry) with
            {
                Id = parsed.GetValue(_id) ?? "",
                ProjectId = parsed.GetValue(_project) ?? "",
            };
    }

    public override async ValueTask<Outcome<InstanceEntry>> FollowAsync(
        ParseResult parsed,
        IInventory inventory,
        InstanceEntry entry,
        CancellationToken cancellationToken
    )
    {
        foreach (var text in parsed.GetValue(_nics)!)
        {
            var (port, present) = ReadNic(text);
            var outcome = present is null
                ? await inventory.Ports.CreateAsync(port with { DeviceId = entry.Id }, cancellationToken)
                : await AttachAsync(inventory, present, entry, cancellationToken);
            if (outcome.IsRefused)
            {
                throw Refusals.Error(outcome.Objections, $"--nic {text}");
            }
        }
        return entry;
    }

    static async ValueTask<Outcome<PortEntry>> AttachAsync(
        IInventory inventory,
        string name,
        InstanceEntry entry,
        CancellationToken cancellationToken
    )
    {
        var port = Refusals.Taken(await inventory.Ports.FindAsync(name, cancellationToken));
        return port.DeviceId.Length == 0
            ? await inventory.Ports.ChangeAsync(port.Id, found => found with { DeviceId = entry.Id }, cancellationToken)
            : throw new CommandException($"Port {port.Id} belongs to {port.DeviceId} already.");
    }

    static (PortEntry Port, string? Present) ReadNic(string text)
    {
        var values = KeyValues.Many("--nic", text, "net", "ip", "subnet", "mac", "host", "port");
        var isPresent = values.TryGetValue("port", out var port);
        if (isPresent ? values.Count > 1 : !values.ContainsKey("net"))
        {
            throw new CommandException(
                $"--nic is '{text}', and must name net=NETWORK, with ip, subnet, mac and host if wanted, or port=PORT alone.",
                ExitCodes.Usage
            );
        }
        var isChosen = values.ContainsKey("ip") || values.ContainsKey("subnet");
        var address = new FixedIpEntry
        {
            IpAddress = values.GetValueOrDefault("ip", ""),
            SubnetId = values.GetValueOrDefault("subnet", ""),
        };
        var entry = new PortEntry
        {
            NetworkId = values.GetValueOrDefault("net", ""),
            MacAddress = values.GetValueOrDefault("mac", ""),
            FixedIps = isChosen ? [address] : null,
            HostId = values.GetValueOrDefault("host", ""),
        };
        return (entry, port);
    }
}

/// <summary>The options of <c>instance set</c>.</summary>
sealed class InstanceSetOptions(Func<Stream> openInput) : InstanceOptions(openInput, isNew: false)
{
    readonly Option<string?> _name = OptionKinds.Text("--name", "Another name; the host name stays", "NAME");
    readonly Option<string[]> _noProperties = NoProperties();
    readonly Option<bool> _noGroups = OptionKinds.Flag("--no-security-group", "Removes all security groups first");
    readonly Option<bool> _noUserData = OptionKinds.Flag("--no-user-data", "Removes the user data");
    readonly Option<bool> _noKey = OptionKinds.Flag("--no-key", "Removes the key pair");
    readonly Option<bool> _noPassword = OptionKinds.Flag(
        "--no-password",
        "Removes the password that the guest posted, so that it can post another"
    );

    static Option<string[]> NoProperties()
    {
        var option = OptionKinds.Texts("--no-property", "Removes metadata; all of it if no key is named", "KEY");
        option.Arity = ArgumentArity.ZeroOrMore;
        return option;
    }

    public override IEnumerable<Option> All =>
        [_name, .. base.All, _noProperties, _noGroups, _noUserData, _noKey, _noPassword];

    public override Func<InstanceEntry, InstanceEntry> Read(ParseResult parsed)
    {
        var change = base.Read(parsed);
        return entry =>
        {
            if (parsed.GetValue(_noKey))
            {
                entry = entry with { KeyPair = null, KeyName = null, KeyData = null };
            }
            if (parsed.GetValue(_noUserData))
            {
                entry = entry with { UserData = null };
            }
            if (parsed.GetValue(_noGroups))
            {
                entry = entry with { SecurityGroups = [] };
            }
            var removed = parsed.GetValue(_noProperties)!;
            var isCleared = parsed.Has(_noProperties) && removed.Length == 0;
            return change(
                entry with
                {
                    Name = parsed.GetValue(_name) ?? entry.Name,
                    Metadata = [.. entry.Metadata.Where(item => !isCleared && !removed.Contains(item.Key))],
                    Password = parsed.GetValue(_noPassword) ? "" : entry.Password,
                }
            );
        };
    }
}
